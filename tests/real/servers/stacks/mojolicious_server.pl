# Mojolicious under its own daemon; CORS as its users write it, in a hook.
use Mojolicious;
use Mojo::Server::Daemon;

my $page = 'https://app.example.com';

sub serve {
    my ($defect, $port) = @_;
    my $allowed = $defect eq 'origin' ? 'https://partner.example.org' : $page;
    my $app     = Mojolicious->new;
    $app->log->level('fatal');
    $app->secrets(['made for the tests']);
    $app->mode('production');
    $app->hook(before_dispatch => sub {
        my $c      = shift;
        my $origin = $c->req->headers->origin // '';
        my $fields = $c->res->headers;
        $fields->vary('Origin');
        $fields->access_control_allow_origin($origin) if $origin eq $allowed;
        return unless $c->req->method eq 'OPTIONS';
        $fields->header('Access-Control-Allow-Methods' => $defect eq 'method' ? 'GET' : 'GET, PUT');
        $fields->header('Access-Control-Allow-Headers' => $defect eq 'header' ? 'Authorization' : 'Authorization, X-Client');
        $c->rendered(204);
    });
    my $user = sub {
        my $c        = shift;
        my $open     = $defect eq 'guard' && $c->req->method eq 'PUT';
        my $admitted = $open || ($c->req->headers->authorization // '') eq 'Bearer good-token';
        $c->res->headers->cache_control('no-store');
        return $c->render(json => { id => 42 }) if $admitted;
        $c->res->headers->www_authenticate('Bearer');
        $c->render(json => { detail => 'Not authenticated' }, status => 401);
    };
    my $routes = $app->routes;
    $routes->get('/health' => sub { shift->render(json => { status => 'ok' }) });
    $routes->get('/api/items' => sub { shift->render(json => { items => ['oak', 'elm'] }) });
    $routes->any(['GET', 'PUT'] => '/api/users/42' => $user);
    $routes->websocket('/ws' => sub {
        my $c      = shift;
        my $origin = $c->req->headers->origin;
        return $c->render(text => 'Forbidden', status => 403) if $defect ne 'socket' && defined $origin && $origin ne $page;
        $c->tx->max_websocket_size(64 * 1024);
        $c->on(message => sub { my ($c, $text) = @_; $c->send($text) });
    });
    $routes->any('/*rest' => { rest => '' } => sub { shift->render(json => { detail => 'Not Found' }, status => 404) });
    Mojo::Server::Daemon->new(app => $app, listen => ["http://127.0.0.1:$port"], silent => 1)->run;
}

1;
