# perl excel-writer.pl FOLDER: Debian's libexcel-writer-xlsx-perl
use strict;
use warnings;
use Excel::Writer::XLSX;

my $book  = Excel::Writer::XLSX->new("$ARGV[0]/perl-excel-writer.xlsx");
my $sheet = $book->add_worksheet("Prices");
$sheet->write_row( 0, 0, [qw(name when price)], $book->add_format( bold => 1 ) );
my $day = $book->add_format( num_format => "yyyy-mm-dd" );
for my $at ( 0 .. 2 ) {
    $sheet->write( $at + 1, 0, "n$at" );
    $sheet->write_date_time( $at + 1, 1, sprintf( "2026-01-%02dT", $at + 2 ), $day );
    $sheet->write( $at + 1, 2, 1.5 * $at );
}
$sheet->write_comment( "A2", "a note" );
$book->close;
