# Serves one stack, once with each planted defect: `serve.pl STACK DEFECT=PORT …`, a process each.
use strict;
use warnings;
use FindBin;

my ($stack, @places) = @ARGV;
require "$FindBin::Bin/$stack.pl";
my @children;
for my $place (@places) {
    my ($defect, $port) = split /=/, $place;
    my $child = fork;
    if (!$child) { serve($defect, $port); exit }
    push @children, $child;
}
$SIG{TERM} = sub { kill TERM => @children; exit };
1 while wait != -1;
