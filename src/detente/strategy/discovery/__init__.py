"""In which futures it goes wrong: boxes found by PRIM, rules found by CART, how stable they are."""
