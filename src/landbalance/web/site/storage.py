"""Static files under names that change with their content; under their plain names where nothing was collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """As whitenoise's, but usable before `collectstatic` (tests, tools)."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """Return the name with its digest, or the plain one where there is no manifest."""
        return str(super().stored_name(name)) if self.hashed_files else name
