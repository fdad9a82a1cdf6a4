"""Edge. Care of a gateway: doctor, support bundle, disk image, LED and login prompt, closed endpoint."""
