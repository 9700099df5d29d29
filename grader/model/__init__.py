"""The values that the layers above speak in: frozen, typed, and free of behaviour that has effects."""
