"""The page for the bench: what a technician with thirty boxes on a table looks at."""
