"""Projects of a country on their way to money, and scenarios of what they rest on."""
