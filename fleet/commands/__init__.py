"""Entry point. The commands of `kitting`, one file for each family of verbs."""
