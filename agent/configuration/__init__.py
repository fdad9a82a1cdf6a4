"""Pure. Userdata text to a validated document and the effects that it asks for; one file in `keys/` for each key."""

__all__ = [
    "document",
    "key_modules",
    "names",
    "policy",
    "problems",
    "protected_places",
    "protected_units",
    "resolving",
    "schema",
    "schema_file",
    "signed_text",
]
