"""What lies on disk: published snapshots, their manifests, raw parts, the lock of the shelf.

Reading, writing and pruning of files; what is in a snapshot is made in `staging` and `snapshots`.
"""
