"""The demonstration of the desk with real processes: an order of thirty gateways, from the plan to a theft."""
