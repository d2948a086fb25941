# %% [markdown]
# # Conjectures from a table
#
# You bring a CSV file.  You get the statements that hold in all of its rows, decided in fractions; the statements that looked right in
# some rows and died, each with the row that killed it; and a stub for Lean of what is left to prove.

# %%
import csv
import io

from certifield.conjecture import Table, lean, linear_bounds, polynomial_relation
from certifield.geometry.toric import polygons_in_grid

# %% [markdown]
# The table here: all convex lattice polygons in a grid of 4 x 4 points, with twice the area, the points on the boundary and inside, and
# the number of vertices.  Any file with a line of names will do.

# %%
text = io.StringIO()
writer = csv.writer(text)
writer.writerow(["polygon", "double_area", "boundary", "inside", "vertices"])
for polygon in polygons_in_grid(4):
    numbers = (polygon.double_area, polygon.boundary_points, polygon.interior_points, len(polygon.vertices))
    writer.writerow([" ".join(f"{x}:{y}" for x, y in polygon.vertices), *numbers])

table = Table.from_csv(text.getvalue())
print(len(table), "rows;", *table.remarks())

# %% [markdown]
# Is one column a polynomial in others?  Interpolation in fractions, held against all rows: the theorem of Pick.

# %%
print("EXACT:", polynomial_relation(table, "double_area", ["boundary", "inside"], 1))

# %% [markdown]
# Bounds.  A linear program over a few rows proposes; all rows decide; a row that violates is a witness and joins the program.

# %%
found = linear_bounds(table, "double_area", ["boundary", "inside", "vertices"], relation=">=", most=1)
for one in (*found.surviving, *found.dead):
    print(one)

# %% [markdown]
# What survives holds in 1633 polygons, and says nothing about others: it is left to prove, or to attack.

# %%
print(lean(found.surviving[0].bound, "area_bound"))
