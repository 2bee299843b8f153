"""Backups of the whole shop, and bringing it back.

A backup is a folder in `settings.BACKUP_DIR`, or the same in `settings.BACKUP_BUCKET`, named by its moment in UTC, that
appears in one step once it is whole and was read back:

    20261122T134500Z/manifest.json      what it is, readable without a key, sealed with BACKUP_KEY
                     database.age       pg_dump's custom format, or an SQLite file
                     erasures.age       who was erased so far, as digests
                     media.age          path, size and hash of every picture
    media/4f/4f….age                    the pictures themselves, each kept once for all backups

Everything but the manifest is gzip inside age (age-encryption.org/v1), which seals every 64 KiB, their order and the end.
Any age tool opens it with BACKUP_KEY: `age -d -i key database.age | gunzip`.

    keys.py        BACKUP_KEY                            make.py       run_backup
    streams.py     encrypting and reading back, flat     retention.py  what is kept for how long
    manifest.py    what a backup says about itself       verify.py     is it whole and ours, and does it fit here
    shelf.py       where they are, locks, leftovers      restore.py    restore_backup
    bucket.py      the folder's place in object storage
    engines.py     the two databases' own tools:         drill.py      run_drill
                   sqlite.py, postgres.py                health.py     what is wrong with the backups now
    databases.py   connections beside the shop's own     media.py      the pictures
"""
