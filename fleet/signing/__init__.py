"""Edge. Signed documents: ssh-keygen, and the serial number of a document."""
