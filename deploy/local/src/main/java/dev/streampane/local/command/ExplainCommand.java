// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streampane explain}: lets results-api check whether the windows of a range follow from their inputs. */
@Command(
        name = "explain",
        description = {"Says of each window whether document, log and inputs agree.", """
            Asks results-api to explain them one by one, the newest first: 'equal',
            'different' (exit code 1), 'retracted', 'expired' (inputs are no longer in the
            log), 'unaudited' or 'refused' (it takes too much; the answer names the command
            that does it)."""},
        footer = """

                Examples:
                  streampane explain weather-average
                  streampane explain weather-average --key device1 \\
                      --from 2026-11-20T06:00:00Z --limit 1000""")
final class ExplainCommand extends StackCommand {

    private static final int LARGEST_PAGE = 500;
    private static final int UNPROCESSABLE = 422;
    private static final Set<Integer> BUSY = Set.of(429, 503);

    /** One window may take up to {@code results.explain.timeout} of results-api. */
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(100);

    @Parameters(paramLabel = "JOB", description = "The job's name.")
    private String job;

    @Option(names = "--key", paramLabel = "KEY", description = "Windows of this key (default: of all).")
    private String key;

    @Option(
            names = "--from",
            paramLabel = "T",
            description = "Windows that begin then or later, such as 2026-11-20T06:00:00Z.")
    private Instant from;

    @Option(names = "--to", paramLabel = "T", description = "Windows that begin before then.")
    private Instant to;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many at most (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Mixin
    private ResultsOption results;

    @Option(names = "--json", description = "Prints the explanation of each window as a line of JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (limit < 1) {
            throw wrong("--limit", limit, "1 or more");
        }
        checkOrder(from, to);
        long started = System.nanoTime();
        Map<String, Integer> verdicts = new TreeMap<>();
        List<JsonNode> doubtful = new ArrayList<>();
        try {
            List<String> windows = windows();
            for (String window : windows) {
                JsonNode answer = explain(window);
                String verdict = answer.path("verdict").asText();
                verdicts.merge(verdict, 1, Integer::sum);
                if (json) {
                    out().println(answer);
                } else if (!isCertain(answer)) {
                    doubtful.add(answer);
                }
                progress(json, "%,d of %,d windows: %s".formatted(sum(verdicts), windows.size(), verdicts));
            }
        } catch (Http.StatusException refused) {
            int code = refused.status() < 500 ? StackException.NOT_ALLOWED : StackException.NOT_RUNNING;
            throw new StackException(code, refused.problem(), refused);
        } catch (IOException e) {
            throw StackException.notRunning("results-api on " + url() + " does not answer: " + e.getMessage(), e);
        }
        if (!json) {
            progress(json, "");
            print(verdicts, doubtful, (System.nanoTime() - started) / 1e9);
        }
        return verdicts.containsKey("different") ? 1 : 0;
    }

    private static boolean isCertain(JsonNode answer) {
        String verdict = answer.path("verdict").asText();
        boolean knowsCause = answer.path("unchecked").valueStream().noneMatch(field -> field.asText()
                .equals("cause"));
        return verdict.equals("equal") || verdict.equals("retracted") && knowsCause;
    }

    /** The paths at which results-api explains the windows, at most {@code --limit}. */
    private List<String> windows() throws IOException, InterruptedException {
        StringBuilder query = new StringBuilder("/api/v1/windows?job=").append(ResultsOption.encoded(job));
        parameter(query, "key", key);
        parameter(query, "from", from);
        parameter(query, "to", to);
        List<String> windows = new ArrayList<>();
        String after = null;
        do {
            StringBuilder page = new StringBuilder(query);
            parameter(page, "limit", Math.min(LARGEST_PAGE, limit - windows.size()));
            parameter(page, "after", after);
            JsonNode answer = get(page.toString());
            if (answer.hasNonNull("reason")) {
                throw StackException.notRunning("results-api cannot explain all windows now: "
                        + answer.path("reason").asText() + "; try again later");
            }
            answer.path("items")
                    .forEach(window -> windows.add(window.at("/links/explain").asText()));
            after = answer.path("next").textValue();
        } while (after != null && windows.size() < limit);
        return windows;
    }

    private static void parameter(StringBuilder query, String name, Object value) {
        if (value != null) {
            query.append('&').append(name).append('=').append(ResultsOption.encoded(value.toString()));
        }
    }

    /** The explanation of a window; its verdict is {@code refused} when results-api refuses to explain it (status 422). */
    private JsonNode explain(String window) throws IOException, InterruptedException {
        try {
            return get(window);
        } catch (Http.StatusException e) {
            if (e.status() != UNPROCESSABLE) {
                throw e;
            }
            ObjectNode refused = Http.JSON.createObjectNode();
            return refused.put("id", window).put("verdict", "refused").put("summary", e.problem());
        }
    }

    /** Sends a GET, and repeats it while results-api is busy: it explains only a few windows at once, and may limit requests. */
    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url().resolve(path));
        results.key().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        long deadline = System.nanoTime() + ANSWERED_WITHIN.toNanos();
        while (true) {
            try {
                return Http.send(request, ANSWERED_WITHIN);
            } catch (Http.StatusException busy) {
                if (!BUSY.contains(busy.status()) || System.nanoTime() > deadline) {
                    throw busy;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    private URI url() {
        return results.url(data());
    }

    private static int sum(Map<String, Integer> verdicts) {
        return verdicts.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void print(Map<String, Integer> verdicts, List<JsonNode> doubtful, double seconds) {
        PrintWriter out = out();
        out.printf("explained %,d windows of %s in %.1f s%n", sum(verdicts), job, seconds);
        verdicts.forEach(this::printCount);
        doubtful.forEach(answer -> out.printf(
                "  %s %s: %s%n",
                answer.path("verdict").asText(),
                answer.path("id").asText(),
                answer.path("summary").asText()));
    }
}
