// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.problem.RareWarnings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.elasticsearch.client.HttpAsyncResponseConsumerFactory;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.ResponseListener;
import org.elasticsearch.client.RestClient;
import org.jboss.logging.Logger;

/**
 * Sends requests to Elasticsearch, with limits on time and on response size. If it is unavailable, too slow or failing, a request fails
 * with a 503 and Retry-After. Missing indices count as empty. A request whose caller has cancelled runs until its answer or its timeout:
 * cancelling makes {@code RestClient} lose connections, until it can send no more requests.
 */
@ApplicationScoped
public class SearchClient {

    private static final Logger LOG = Logger.getLogger(SearchClient.class);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LITTLE_LATER = Duration.ofMillis(50);
    private static final int MAX_RESPONSE_BYTES = 16 << 20;

    private static final RequestOptions OPTIONS = RequestOptions.DEFAULT.toBuilder()
            .setHttpAsyncResponseConsumerFactory(
                    new HttpAsyncResponseConsumerFactory.HeapBufferedResponseConsumerFactory(MAX_RESPONSE_BYTES))
            .build();

    private final UnaryOperator<RestClient> another;
    private final Duration timeout;
    private final Duration retryAfter;
    private final MeterRegistry metrics;
    private final RareWarnings warnings = new RareWarnings();
    private final Uni<Boolean> reachable;

    private volatile RestClient client;

    /** When it was last asked whether it is reachable, by {@link System#nanoTime}. */
    private volatile long asked;

    @Inject
    SearchClient(Instance<RestClient> clients, ResultsConfig config, MeterRegistry metrics) {
        this(
                clients.get(),
                ended -> {
                    clients.destroy(ended);
                    return clients.get();
                },
                config,
                metrics);
    }

    /** Takes a client from {@code another} once the threads of the one in use have ended. */
    public SearchClient(
            RestClient client, UnaryOperator<RestClient> another, ResultsConfig config, MeterRegistry metrics) {
        this.client = client;
        this.another = another;
        this.timeout = config.query().timeout();
        this.retryAfter = config.query().retryAfter();
        this.metrics = metrics;
        this.reachable = Uni.createFrom()
                .deferred(() -> {
                    asked = System.nanoTime();
                    return perform(new Request("GET", "/_cluster/health"));
                })
                .map(answer -> !answer.path("status").asText().equals("red"))
                .ifNoItem()
                .after(SECOND)
                .recoverWithItem(false)
                .onFailure(ProblemException.class)
                .recoverWithItem(false)
                .memoize()
                // longer than an answer can take: a second request would cancel the pending one
                .until(() -> System.nanoTime() - asked > 2 * SECOND.toNanos());
    }

    /**
     * Searches all indices behind {@code alias}, or the point in time in the query's {@code pit}. A missing alias counts as empty; a closed
     * index or a missing point in time fails with a 503.
     */
    public Uni<JsonNode> search(String alias, ObjectNode query) {
        return search(alias, query, false)
                .onFailure(SearchClient::isMissing)
                .recoverWithUni(() -> query.has("pit") ? Uni.createFrom().failure(away()) : search(alias, query, true));
    }

    private Uni<JsonNode> search(String alias, ObjectNode query, boolean ignoreUnavailable) {
        boolean inView = query.has("pit");
        Request request = new Request("POST", inView ? "/_search" : "/" + alias + "/_search");
        if (!inView) {
            request.addParameter("ignore_unavailable", String.valueOf(ignoreUnavailable));
            request.addParameter("allow_no_indices", "true");
        }
        request.addParameter("allow_partial_search_results", "false");
        if (!query.has("track_total_hits")) {
            query.put("track_total_hits", false);
        }
        request.setJsonEntity(query.put("timeout", timeout.toMillis() + "ms").toString());
        return perform(request).map(answer -> {
            if (answer.path("timed_out").asBoolean()) {
                throw away();
            }
            if (answer.has("pit_id")) {
                ((ObjectNode) query.get("pit")).set("id", answer.get("pit_id"));
            }
            return answer;
        });
    }

    static boolean isMissing(Throwable failure) {
        return status(failure.getCause()) == 404;
    }

    /** The status of Elasticsearch's answer; 0 if a request failed without one. */
    private static int status(Throwable failure) {
        return failure instanceof ResponseException refused
                ? refused.getResponse().getStatusLine().getStatusCode()
                : 0;
    }

    /** Whether a search failed because its answer would have more buckets than {@code search.max_buckets} allows. */
    public static boolean hasTooManyBuckets(Throwable failure) {
        return failure.getCause() instanceof ResponseException refused
                && refused.getMessage().contains("too_many_buckets_exception");
    }

    /** What {@code read} returns for each document found, in the order of the search; called on a worker thread. */
    public <T> Uni<List<T>> find(String alias, ObjectNode query, Function<JsonNode, T> read) {
        return search(alias, query).emitOn(Infrastructure.getDefaultExecutor()).map(answer -> answer.at("/hits/hits")
                .valueStream()
                .map(hit -> read.apply(hit.path("_source")))
                .toList());
    }

    /** The fields of one type in these indices, by name; {@code names} is a pattern. */
    public Uni<JsonNode> fields(String indices, String names, String type) {
        Request request = new Request("GET", "/" + URLEncoder.encode(indices, StandardCharsets.UTF_8) + "/_field_caps");
        request.addParameters(Map.of("fields", names, "types", type, "ignore_unavailable", "true"));
        return perform(request).map(answer -> answer.path("fields"));
    }

    /** The answer, or a 503 if it does not come within the timeout of one request, the wait before the request is sent included. */
    public <T> Uni<T> inTime(Uni<T> answer) {
        return answer.ifNoItem().after(timeout).failWith(this::away);
    }

    /** Documents of one index by their ids, read in real time, without a refresh; {@code found} says which exist. */
    Uni<JsonNode> documents(String index, ObjectNode ids) {
        Request request = new Request("POST", "/" + index + "/_mget");
        request.setJsonEntity(ids.toString());
        return perform(request);
    }

    /** Refreshes the indices behind {@code aliases}, so that searches see what was indexed; false if a shard failed. */
    Uni<Boolean> refresh(String aliases) {
        Request request = new Request("POST", "/" + aliases + "/_refresh");
        request.addParameter("ignore_unavailable", "true");
        request.addParameter("allow_no_indices", "true");
        return perform(request).map(answer -> answer.at("/_shards/failed").asInt() == 0);
    }

    /** Whether Elasticsearch answers within a second and is not red. All callers share the answer, which is renewed every two seconds at most. */
    public Uni<Boolean> reachable() {
        return reachable;
    }

    /** The client. An error on one of its threads, such as an OutOfMemoryError, ends a client for good; then a new one. */
    private RestClient running() {
        return client.isRunning() ? client : renewed();
    }

    private synchronized RestClient renewed() {
        if (!client.isRunning()) {
            client = another.apply(client);
            LOG.error("The Elasticsearch client had ended and was replaced");
        }
        return client;
    }

    Uni<JsonNode> perform(Request request) {
        request.setOptions(OPTIONS);
        Timer.Sample sample = Timer.start(metrics);
        return Uni.createFrom()
                .<JsonNode>emitter(emitter -> running().performRequestAsync(request, new ResponseListener() {
                    @Override
                    public void onSuccess(Response response) {
                        try (InputStream body = response.getEntity().getContent()) {
                            emitter.complete(ResultJson.JSON.readTree(body));
                        } catch (IOException | RuntimeException | Error e) {
                            emitter.fail(e);
                        }
                    }

                    @Override
                    public void onFailure(Exception exception) {
                        emitter.fail(exception);
                    }
                }))
                // Elasticsearch answers 503 while it creates an index that is being searched, which takes about 100 ms
                .onFailure(failure -> status(failure) == 503)
                .retry()
                .withBackOff(LITTLE_LATER, LITTLE_LATER.multipliedBy(4))
                .expireIn(SECOND.toMillis())
                .ifNoItem()
                .after(timeout)
                .fail()
                .onFailure()
                .transform(failure -> transformed(request, failure))
                .onTermination()
                .invoke((answer, failure, cancelled) -> sample.stop(metrics.timer(
                        "streampane.results.elasticsearch.requests",
                        "outcome",
                        failure == null ? "success" : "failure")));
    }

    private Throwable transformed(Request request, Throwable failure) {
        Optional<String> fault = settingAtFault(failure);
        int status = status(failure);
        if (fault.isPresent()) {
            warn(fault.get(), failure);
        } else if (status > 0 && status != 429 && status < 500) {
            return new IllegalStateException("Elasticsearch refused a request with status " + status, failure);
        }
        LOG.debugf("Elasticsearch is away: path=%s cause=%s", request.getEndpoint(), failure);
        return away();
    }

    /** The setting to check after an authentication, TLS or closed-index failure; empty for any other failure. */
    private static Optional<String> settingAtFault(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (Set.of(401, 403).contains(status(cause))) {
                return Optional.of("quarkus.elasticsearch.api-key");
            }
            if (cause instanceof ResponseException refused
                    && refused.getMessage().contains("index_closed_exception")) {
                return Optional.of("its closed indices, without which answers would be incomplete");
            }
            if (cause instanceof SSLPeerUnverifiedException) {
                return Optional.of("quarkus.elasticsearch.hosts");
            }
            if (cause instanceof SSLException) {
                return Optional.of("quarkus.tls."
                        + ElasticsearchTrust.NAME
                        + ".trust-store.pem.certs, quarkus.elasticsearch.protocol");
            }
        }
        return Optional.empty();
    }

    private void warn(String setting, Throwable failure) {
        if (warnings.isDue(setting)) {
            LOG.warnf(
                    "Elasticsearch cannot be used, see %s: cause=%s: %s",
                    setting,
                    failure.getClass().getSimpleName(),
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
        }
    }

    ProblemException away() {
        return ProblemException.unavailable(
                ProblemType.STORE_UNAVAILABLE,
                "Elasticsearch does not answer in time; live results go on at /api/v1/stream.",
                retryAfter);
    }
}
