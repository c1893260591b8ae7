"""Report documents as data: figures, tables and text, without any file format."""
