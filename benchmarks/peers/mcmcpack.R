# MCMCpack::MCMCdynamicIRT1d (dynamic, binary): Rscript mcmcpack.R VOTES OUT ITERATIONS
suppressPackageStartupMessages(library(MCMCpack))
arguments <- commandArgs(trailingOnly = TRUE)
votes <- read.csv(arguments[1])
iterations <- as.integer(arguments[3])
matrix <- with(votes, tapply(yes, list(actor, roll_call), max))
period <- with(votes, tapply(session, roll_call, min))[colnames(matrix)]
started <- proc.time()
fit <- MCMCdynamicIRT1d(matrix,
  item.time.map = as.integer(period - min(period) + 1), mcmc = iterations, burnin = 0, thin = 1,
  verbose = 0, seed = 1, tau2.start = 0.1, A0 = 0.1, B0 = 0.1, store.item = FALSE
)
taken <- sum((proc.time() - started)[1:2])
status <- if (file.exists("/proc/self/status")) readLines("/proc/self/status") else ""
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024
points <- colMeans(as.matrix(fit))
points <- points[grepl("^theta[.]", names(points))]
last <- sub(".*[.]t([0-9]+)$", "\\1", names(points))
actor <- sub("^theta[.](.*)[.]t[0-9]+$", "\\1", names(points))
quoted <- paste0("\"", gsub("\"", "", actor), "\"", collapse = ",")
cat(sprintf(
  '{"cpu_seconds": %f, "megabytes": %.0f, "iterations": %d, "usual": 10000, "points": {"actor": [%s], "session": [%s], "point": [%s]}}',
  taken, c(peak, 0)[1], iterations, quoted, paste(as.integer(last) + min(period) - 1, collapse = ","),
  paste(sprintf("%.6f", points), collapse = ",")
), file = arguments[2])
