"""The desk's whole story, told with real processes: an order of thirty boxes, from the plan to the stolen one."""
