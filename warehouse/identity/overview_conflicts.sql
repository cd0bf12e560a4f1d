select conflict, kind, "value", accounts, examples
from snap.identity_conflicts
order by conflict, accounts desc, kind, "value", examples
limit $most
