# Rscript openxlsx.R FOLDER: Debian's r-cran-openxlsx 4.2.5
library(openxlsx)
folder <- commandArgs(trailingOnly = TRUE)[1]
book <- createWorkbook()
addWorksheet(book, "Prices")
rows <- data.frame(name = c("n0", "n1", "n2"), when = as.Date("2026-01-02") + 0:2, price = c(0, 1.5, 3))
writeData(book, "Prices", rows, headerStyle = createStyle(textDecoration = "bold"))
addStyle(book, "Prices", createStyle(numFmt = "#,##0.00"), rows = 2:4, cols = 3)
saveWorkbook(book, file.path(folder, "r-openxlsx.xlsx"), overwrite = TRUE)
