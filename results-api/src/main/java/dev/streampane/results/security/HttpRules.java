// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.ResultsConfig.Security.Profile;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import dev.streampane.results.problem.ProblemType;
import io.quarkus.security.AuthenticationException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Checks each request before any other handler sees it, and sets the headers that every response carries.
 *
 * <p>The framework's own limits are set higher than these, because the framework answers a request that exceeds them without a body.
 */
@ApplicationScoped
public class HttpRules {

    static final int MAX_REQUEST_LINE_BYTES = 4_096;
    static final int MAX_HEADER_BYTES = 20 << 10;
    static final int MAX_BODY_BYTES = 64 << 10;
    static final int MAX_PARAMETERS = 1_000;

    private static final int SPACES_AND_VERSION = " HTTP/1.1 ".length();
    private static final Pattern GIVEN = Pattern.compile("(?:^|&)(after|ticket|lastEventId|atLeast|asOf)=[^&]*");

    private static final String PAGE_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'; connect-src 'self' ";
    private static final CharSequence NOTHING_POLICY =
            HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'");
    private static final CharSequence CONTENT_SECURITY_POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence CONTENT_TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence REFERRER_POLICY = HttpHeaders.createOptimized("Referrer-Policy");
    private static final CharSequence NO_REFERRER = HttpHeaders.createOptimized("no-referrer");
    private static final CharSequence RESOURCE_POLICY = HttpHeaders.createOptimized("Cross-Origin-Resource-Policy");
    private static final CharSequence SAME_ORIGIN = HttpHeaders.createOptimized("same-origin");

    /** A loopback host, with or without port. */
    private static final Pattern LOOPBACK = Pattern.compile(
            "(?i)(localhost|[a-z0-9.-]{1,200}\\.localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1\\])(:[0-9]{1,5})?");

    private static final Logger LOG = Logger.getLogger(HttpRules.class);

    private final boolean local;
    private final boolean localManagement;
    private final PageLogin login;

    HttpRules(
            ResultsConfig config,
            @ConfigProperty(name = "quarkus.management.host") String management,
            PageLogin login) {
        this.login = login;
        local = config.security()
                .loopbackHosts()
                .orElse(config.security().profile() == Profile.NONE
                        && !config.security().insecure());
        localManagement = LOOPBACK.matcher(management).matches() || management.equals("::1");
    }

    void add(@Observes Router router) {
        add(router, local);
    }

    void add(@Observes ManagementInterface management) {
        add(management.router(), localManagement);
    }

    private void add(Router router, boolean onlyLocal) {
        router.route()
                .order(Integer.MIN_VALUE)
                .handler(context -> check(context, onlyLocal))
                .failureHandler(this::fail);
    }

    /** Answers with a problem when the framework refuses a request or a route fails. */
    private void fail(RoutingContext context) {
        setHeaders(context);
        ProblemRoutes.send(context, problem(context));
    }

    private static Problem problem(RoutingContext context) {
        if (context.failure() instanceof ProblemException refused) {
            return refused.problem();
        }
        // refused by a permission of quarkus.http.auth.*
        if (context.failure() instanceof AuthenticationException) {
            return Credentials.unauthorized(context);
        }
        if (context.failure() instanceof ForbiddenException) {
            return Problem.ofStatus(403);
        }
        int status = context.statusCode() < 400 ? 500 : context.statusCode();
        if (status >= 500) {
            LOG.errorf(
                    context.failure(),
                    "Request failed: path=%s",
                    context.request().path());
        }
        return Problem.ofStatus(status);
    }

    private void check(RoutingContext context, boolean onlyLocal) {
        HttpServerRequest request = context.request();
        setHeaders(context);
        Optional<Problem> wrong = wrong(request, onlyLocal);
        // client, proxy and server may disagree where the next request begins (RFC 9112 section 6.3), but not in HTTP/2
        if (Connection.isAlone(request)
                && (wrong.isPresent() || request.headers().contains("Transfer-Encoding"))) {
            context.response().putHeader("Connection", "close");
            context.addEndHandler(sent -> request.connection().close());
        }
        if (wrong.isPresent()) {
            ProblemRoutes.send(context, wrong.get());
        } else if (asksWhatIsAllowed(context)) {
            context.response().putHeader("Allow", ProblemRoutes.READING).end();
        } else {
            context.next();
        }
    }

    /** Whether the request is an OPTIONS request, not a CORS preflight, for a resource whose own handler does not answer OPTIONS. */
    private static boolean asksWhatIsAllowed(RoutingContext context) {
        String path = context.normalizedPath();
        return context.request().method().equals(HttpMethod.OPTIONS)
                && !context.request().headers().contains("Access-Control-Request-Method")
                && (isPage(path) || path.startsWith("/q/openapi"));
    }

    private Optional<Problem> wrong(HttpServerRequest request, boolean onlyLocal) {
        List<String> hosts = request.headers().getAll("Host");
        if (request.version() == null) {
            return Optional.of(
                    Problem.of(ProblemType.BAD_REQUEST, "the HTTP version is not known; allowed are 1.0, 1.1 and 2"));
        }
        if (hosts.size() > 1 || hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_1) {
            return Optional.of(Problem.of(
                    ProblemType.BAD_REQUEST, hosts.size() + " Host headers are not allowed; allowed is one"));
        }
        if (onlyLocal && !LOOPBACK.matcher(host(request, hosts)).matches()) {
            return Optional.of(Problem.ofStatus(421));
        }
        if (request.method().equals(HttpMethod.TRACE) && !request.path().startsWith("/api/")) {
            return Optional.of(Problem.notAllowed(ProblemRoutes.READING));
        }
        int line = request.method().name().length() + request.uri().length() + SPACES_AND_VERSION;
        if (line - givenBytes(request) > MAX_REQUEST_LINE_BYTES) {
            return Optional.of(Problem.ofStatus(414));
        }
        int bytes = 0;
        for (Map.Entry<String, String> header : request.headers()) {
            bytes += header.getKey().length() + header.getValue().length() + ": \r\n".length();
        }
        if (bytes > MAX_HEADER_BYTES) {
            return Optional.of(Problem.ofStatus(431));
        }
        if (tooLong(request.getHeader("Content-Length"))) {
            return Optional.of(Problem.ofStatus(413));
        }
        String query = request.query();
        if (query != null && query.chars().filter(character -> character == '&').count() >= MAX_PARAMETERS) {
            return Optional.of(
                    Problem.of(ProblemType.BAD_REQUEST, "more than " + MAX_PARAMETERS + " parameters are not allowed"));
        }
        return Optional.empty();
    }

    /** The host that the request names; {@code localhost} when it names none, as is allowed in HTTP/1.0. */
    private static String host(HttpServerRequest request, List<String> hosts) {
        if (!hosts.isEmpty()) {
            return hosts.get(0);
        }
        return request.authority() == null ? "localhost" : request.authority().toString();
    }

    /** Bytes of query parameters whose values this service issued: page cursors, positions and tickets. They do not count as request line. */
    private static int givenBytes(HttpServerRequest request) {
        if (request.query() == null) {
            return 0;
        }
        Map<String, Integer> given = new HashMap<>();
        GIVEN.matcher(request.query())
                .results()
                .forEach(match -> given.putIfAbsent(
                        match.group(1),
                        Math.min(
                                match.group().length(),
                                match.group(1).equals("ticket") ? Tickets.LONGEST : MAX_REQUEST_LINE_BYTES)));
        return given.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static boolean tooLong(String contentLength) {
        return contentLength != null
                && (contentLength.length() > 9
                        || contentLength.matches("[0-9]+") && Integer.parseInt(contentLength) > MAX_BODY_BYTES);
    }

    /** Whether the path is the web page or one of its parts. */
    private static boolean isPage(String path) {
        return path.equals("/") || path.equals("/index.html") || path.startsWith("/page/");
    }

    private void setHeaders(RoutingContext context) {
        String path = context.normalizedPath();
        context.response()
                .putHeader(CONTENT_TYPE_OPTIONS, NOSNIFF)
                .putHeader(REFERRER_POLICY, NO_REFERRER)
                .putHeader(RESOURCE_POLICY, SAME_ORIGIN);
        if (path.startsWith("/api/")) {
            context.addHeadersEndHandler(ready -> {
                MultiMap headers = context.response().headers();
                if (!headers.contains("Cache-Control")) {
                    headers.set("Cache-Control", "no-store");
                }
                headers.add("Vary", "Accept-Encoding");
            });
        }
        if (isPage(path)) {
            context.response()
                    .putHeader(
                            CONTENT_SECURITY_POLICY,
                            PAGE_POLICY + login.tokenOrigin().orElse(""))
                    .putHeader("Cache-Control", "no-cache");
        } else if (!path.startsWith("/q/swagger-ui") && !path.startsWith("/q/dev")) {
            context.response().putHeader(CONTENT_SECURITY_POLICY, NOTHING_POLICY);
        }
    }
}
