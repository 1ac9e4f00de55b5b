"""The tables and their owner: roles and grants, partitions, and whether build and schema belong together."""
