"""Static files under names that change with their content; under their plain names where nothing was collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """As whitenoise's, but usable before `collectstatic` (tests, tools) and where assets were not built."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """Return the name with its digest, or the plain one where there is no manifest, or no such file."""
        if not self.hashed_files:
            return name
        try:
            return str(super().stored_name(name))
        except ValueError:  # made by the build from npm; without it pages are plain
            return name
