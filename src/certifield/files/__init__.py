"""Files that a crash leaves whole or absent: replaced in one step, or written once and compared with what is there."""

from ._once import put_once as put_once, remove_abandoned as remove_abandoned, set_aside as set_aside
from ._whole import StoreError as StoreError, explained as explained, json_text as json_text, replace as replace
