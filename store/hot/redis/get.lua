-- Reads a value. Returns a list of it, which is empty when there is none. KEYS: the key.
return {redis.call('GET', KEYS[1]) or nil}
