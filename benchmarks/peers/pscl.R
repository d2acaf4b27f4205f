# pscl::ideal (static, binary): Rscript pscl.R VOTES OUT
suppressPackageStartupMessages(library(pscl))
arguments <- commandArgs(trailingOnly = TRUE)
votes <- read.csv(arguments[1])
matrix <- with(votes, tapply(yes, list(actor, roll_call), max))
iterations <- 400
call <- rollcall(matrix, yea = 1, nay = 0, missing = NA, legis.names = rownames(matrix))
started <- proc.time()
fit <- ideal(call, d = 1, maxiter = iterations, burnin = 200, thin = 10, normalize = TRUE)
taken <- sum((proc.time() - started)[1:2])
status <- if (file.exists("/proc/self/status")) readLines("/proc/self/status") else ""
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024
names <- dimnames(fit$xbar)[[1]]
quoted <- paste0("\"", gsub("\"", "", names), "\"", collapse = ",")
cat(sprintf(
  '{"cpu_seconds": %f, "megabytes": %.0f, "iterations": %d, "usual": 10000, "points": {"actor": [%s], "point": [%s]}}',
  taken, c(peak, 0)[1], iterations, quoted, paste(sprintf("%.6f", fit$xbar[, 1]), collapse = ",")
), file = arguments[2])
