"""Edge. The operations of the SORACOM API that the desk uses, one function each, named by the permission it needs."""
