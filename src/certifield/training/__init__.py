"""How networks learn: tangent kernels, exact training dynamics, trained ensembles, feature learning."""
