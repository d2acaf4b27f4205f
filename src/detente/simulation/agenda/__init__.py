"""The agenda: where each actor stands, how much it cares and what weight it carries; and what comes out."""
