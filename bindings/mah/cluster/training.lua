--- Where trainings find the ranks of a launcher.
require("mah.learn.ranks").drivers.join = require "mah.cluster.group"
