"""The life of a message.

    receive   a door accepts it: inbox, message, payload, state; one commit for a group of requests
    poll      or a stream gives a page of them, and the page's checkpoint commits with it
    prepare   a worker maps each to its canonical entity, routes it, maps it for each target
    lease     a worker takes deliveries: the lowest number of each key, with a fencing number and a deadline
    deliver   it sends them, outside any transaction, and settles the outcomes every few rows
    settle    confirmed, retry_wait, in_doubt, dead or halted: one ``match`` on the disposition
    resolve   what is in doubt is asked for at the target, or decided by two persons
    replay    what died, and was mended, goes its way again
    sweep     each second: what nobody rang for, leases that ran out, streams that are due

The row is the queue and the bell is only a bell: ``bell.ring`` says "there is work", and losing it loses nothing.
"""
