"""Entry point. The commands of `kitting`, a module for each; a command imports what it runs when it runs."""
