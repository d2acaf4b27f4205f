"""The forum: what each actor expects of a meeting, what comes out, and which misperception lies between."""
