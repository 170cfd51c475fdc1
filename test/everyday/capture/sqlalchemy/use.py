"""What BI tools over SQLAlchemy (Superset, Redash) send: at connect, for introspection, and as queries."""

import sys

import sqlalchemy as sa

engine = sa.create_engine(sys.argv[1], pool_pre_ping=True)
inspector = sa.inspect(engine)
inspector.get_schema_names()
inspector.default_schema_name
for table in inspector.get_table_names():
    inspector.get_columns(table)
    inspector.get_pk_constraint(table)
    inspector.get_foreign_keys(table)
    inspector.get_indexes(table)
    inspector.get_unique_constraints(table)
    inspector.get_check_constraints(table)
    inspector.get_table_comment(table)
    inspector.get_table_options(table)
for view in inspector.get_view_names():
    inspector.get_view_definition(view)
inspector.has_table("orders")

shop = sa.MetaData()
shop.reflect(bind=engine)
customers, orders = shop.tables["customers"], shop.tables["orders"]

with engine.begin() as connection:
    connection.execute(customers.insert().values(email="s@x.org", name="Sue", preferences='{"theme": "dark"}'))
    connection.execute(customers.insert(), [{"email": f"s{n}@x.org", "name": "S"} for n in range(3)])
    connection.execute(customers.update().where(customers.c.email == "s@x.org").values(name=sa.func.upper(customers.c.name)))
    joined = customers.join(orders, isouter=True)
    spent = sa.func.sum(orders.c.total).label("spent")
    connection.execute(sa.select(customers.c.name, spent).select_from(joined).group_by(customers.c.name).having(spent > 1).order_by(sa.desc("spent")).limit(10).offset(5))
    connection.execute(sa.select(customers).where(customers.c.name.like("S%"), customers.c.id.in_([1, 2, 3]), customers.c.deleted_at.is_(None)))
    connection.execute(sa.select(customers.c.id).where(sa.func.json_extract(customers.c.preferences, "$.theme") == "dark"))
    connection.execute(sa.select(sa.func.count()).select_from(sa.select(orders).subquery()))
    recent = sa.select(orders.c.customer_id, sa.func.row_number().over(partition_by=orders.c.customer_id, order_by=orders.c.placed_at.desc()).label("rn")).cte("recent")
    connection.execute(sa.select(recent).where(recent.c.rn == 1))
    connection.execute(sa.select(sa.func.date_format(orders.c.placed_at, "%Y-%m-01").label("month"), sa.func.count().label("n")).group_by("month").order_by("month"))
    connection.execute(sa.select(orders).with_for_update(skip_locked=True).limit(1))
    connection.execute(sa.union_all(sa.select(customers.c.id), sa.select(orders.c.customer_id)))
    connection.execute(customers.delete().where(customers.c.email == "s@x.org"))
    nested = connection.begin_nested()
    nested.rollback()

extra = sa.Table("notes", shop, sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text), sa.Column("owner", sa.ForeignKey("customers.id")), sa.Index("ix_notes_owner", "owner"))
extra.create(engine)
extra.drop(engine)
