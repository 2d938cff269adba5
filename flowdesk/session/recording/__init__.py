"""Recording: what a person does becomes the nodes of a flow (contract §9)."""
