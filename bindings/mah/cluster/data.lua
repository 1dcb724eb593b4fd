--- Where data that is read by shards finds the ranks of a launcher.
require("mah.data.shard").drivers.join = require "mah.cluster.group"
