"""Alembic runs this: the scripts work on the connection of the caller, in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
