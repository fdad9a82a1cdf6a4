"""Edge. Signed userdata documents: the serial number of a document, and its signature by ssh-keygen."""

__all__ = ["document_serial", "ssh_keygen"]
