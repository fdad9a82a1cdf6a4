"""The desk's side of kitting: what people do with userdata and SIMs before and after a gateway is switched on."""
