"""Papers: PDF files with one look, in any script."""
