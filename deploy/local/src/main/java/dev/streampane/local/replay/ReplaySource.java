// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.control.StackException;
import dev.streampane.local.log.Topics;
import dev.streampane.local.state.Generations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * The generation that a replay recomputes: its audit, its settings and the plan.
 *
 * @param runs the job's generations that {@code job-runs} has
 */
record ReplaySource(JobAudit audit, int generation, List<JobRun> runs, ReplayPlan plan) {

    private static final String RESULTS = "window-results";

    /** Options for how records are read; audit lines do not have them. */
    private static final List<String> READING = List.of("zone", "integer-names", "string-names");

    /**
     * Finds the generation and the lines that a request asks for.
     *
     * @throws StackException saying in one line why they cannot be replayed
     */
    static ReplaySource choose(Admin admin, String bootstrapServers, ReplayRequest request) {
        List<JobRun> runs = Generations.all(Topics.client(bootstrapServers));
        List<JobRun> ofJob =
                runs.stream().filter(run -> run.job().equals(request.job())).toList();
        JobAudit audit = new JobAudit(admin, bootstrapServers, request.job(), Generations.auditTopics(ofJob));
        checkKnown(request.job(), runs, audit);
        Map<Integer, ReplayPlan> plans = new TreeMap<>();
        for (int generation : audit.generations()) {
            if (request.generation().filter(only -> only != generation).isEmpty()) {
                plan(audit, generation, request).ifPresent(plan -> plans.put(generation, plan));
            }
        }
        int generation = only(plans.keySet(), audit, request);
        ReplayPlan plan = plans.get(generation);
        checkWindows(plan.specs(), request);
        ReplaySource source = new ReplaySource(audit, generation, ofJob, plan);
        source.checkReading();
        return source;
    }

    private void checkReading() {
        for (String option : READING) {
            List<String> values = settings().stream()
                    .filter(settings -> settings.containsKey(option))
                    .map(settings -> "--" + option + "=" + settings.get(option))
                    .distinct()
                    .toList();
            if (values.size() > 1) {
                throw StackException.notAllowed("the range was read with %s: choose one of them with --from and --to"
                        .formatted(String.join(" and then with ", values)));
            }
        }
    }

    /** The settings of the starts that read the plan's lines, in the order of the starts. */
    private List<Map<String, String>> settings() {
        return plan.all()
                .map(line -> audit.readBy(generation, line))
                .sorted(Comparator.comparingInt(JobAudit.Start::generation).thenComparingLong(JobAudit.Start::at))
                .flatMap(start ->
                        run(start.generation()).map(run -> run.settingsAt(Instant.ofEpochMilli(start.at()))).stream())
                .toList();
    }

    private Optional<JobRun> run(int number) {
        return runs.stream().filter(run -> run.generation() == number).findFirst();
    }

    private static void checkKnown(String job, List<JobRun> runs, JobAudit audit) {
        if (!audit.generations().isEmpty()) {
            return;
        }
        if (runs.stream().noneMatch(run -> run.job().equals(job))) {
            throw StackException.notAllowed("'%s' is no job that has run here; there are %s"
                    .formatted(
                            job,
                            runs.stream().map(JobRun::job).distinct().sorted().collect(Collectors.joining(", "))));
        }
        throw StackException.notAllowed(job + " has written no audit lines, so there is nothing to replay it by");
    }

    private static Optional<ReplayPlan> plan(JobAudit audit, int generation, ReplayRequest request) {
        try {
            checkThere(audit, generation, request.from());
            return Optional.of(ReplayPlan.of(audit.lines(generation), request.from(), request.to()))
                    .filter(plan -> !plan.isEmpty());
        } catch (IllegalStateException gap) {
            throw StackException.notAllowed(gap.getMessage() + ": see 'streampane audit'");
        }
    }

    /** Refuses {@code from} when the log has lost records of the windows after it; without {@code from}, a replay begins where the log does. */
    private static void checkThere(JobAudit audit, int generation, Optional<Instant> from) {
        audit.expired(generation).stream()
                .filter(line -> from.isPresent()
                        && line.clockAfter().filter(from.get()::isBefore).isPresent())
                .max(Comparator.comparing(line -> line.clockAfter().get()))
                .ifPresent(line -> {
                    throw StackException.notAllowed(
                            "the log of %s has lost offsets that --from %s needs (up to %d): the earliest is --from %s"
                                    .formatted(
                                            ReplayPlan.partition(line),
                                            from.get(),
                                            line.last(),
                                            line.clockAfter().get()));
                });
    }

    private static int only(Set<Integer> generations, JobAudit audit, ReplayRequest request) {
        if (generations.size() == 1) {
            return generations.iterator().next();
        }
        if (generations.isEmpty()) {
            boolean expired =
                    audit.generations().stream().anyMatch(g -> !audit.expired(g).isEmpty());
            throw StackException.notAllowed("no audit lines of %s%s in the range%s"
                    .formatted(
                            request.job(),
                            request.generation()
                                    .map(only -> ", generation " + only + ",")
                                    .orElse(""),
                            expired ? " whose offsets are still in the log" : ""));
        }
        throw StackException.notAllowed("the range holds generations %s of %s: choose one with --generation"
                .formatted(generations.stream().map(String::valueOf).collect(Collectors.joining(", ")), request.job()));
    }

    private static void checkWindows(Set<String> specs, ReplayRequest request) {
        if (specs.contains("none")) {
            throw StackException.notAllowed(request.job() + " has no windows that could be recomputed");
        }
        Optional<WindowSpec> global = specs.stream()
                .flatMap(spec -> WindowSpecParser.find(spec).stream())
                .filter(WindowSpec::dependsOnArrival)
                .findFirst();
        if (global.isPresent() && (request.compare() || request.batch())) {
            throw StackException.notAllowed(
                    "%s has %s windows, which depend on the order of arrival: they cannot be compared, nor recomputed in batch mode"
                            .formatted(request.job(), global.get()));
        }
    }

    /** The topics that the generation published results to. */
    Set<String> resultsTopics() {
        return run(generation)
                .map(of -> Set.copyOf(of.everySetting("results-topic", RESULTS)))
                .orElse(Set.of(RESULTS));
    }

    /** The arguments of the job's main method: the settings at the end of the plan, with those that the replay replaces. */
    List<String> arguments(ReplayRequest request, String topic, String bootstrapServers) {
        Map<String, String> options = new LinkedHashMap<>();
        settings().stream().reduce((older, newer) -> newer).ifPresent(options::putAll);
        options.put("bootstrap-servers", bootstrapServers);
        options.put("generation", String.valueOf(generation));
        options.put("windows", String.join(";", plan.specs()));
        options.put("out-of-orderness", plan.outOfOrderness().toString());
        options.put("allowed-lateness", plan.allowedLateness().toString());
        options.put("skew", plan.skew().toString());
        options.put("mode", request.mode());
        options.put("parallelism", String.valueOf(request.parallelism()));
        options.put("results-topic", topic);
        options.put("replay", plan.json());
        options.computeIfPresent("idle-after", (name, value) -> "off");
        options.computeIfPresent("preview", (name, value) -> "off");
        options.computeIfPresent("state-dir", (name, value) -> "off");
        List<String> arguments = new ArrayList<>(List.of(request.job()));
        options.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }

    /** The lines of a partition that the replay recomputes, with their rests. */
    List<AuditLine> lines(TopicPartition partition) {
        return plan.lines(partition).stream()
                .flatMap(line -> audit.withRests(generation, line))
                .toList();
    }

    /** Keeps a published row in {@code committed} when the comparison needs it and there is no newer row of its id. */
    void keepNewest(
            PublishedResult row, Map<String, PublishedResult> recomputed, Map<String, PublishedResult> committed) {
        if (row.job().equals(audit.job())
                && audit.continues(row.generation(), generation)
                && (row.isRetracted() || recomputed.containsKey(row.id()) || plan.touches(row))) {
            committed.merge(row.id(), row, (known, next) -> isOlder(next, known) ? known : next);
        }
    }

    private static boolean isOlder(PublishedResult one, PublishedResult other) {
        return one.generation() < other.generation()
                || one.generation() == other.generation()
                        && one.version().rev() < other.version().rev();
    }

    /**
     * Compares the last committed and the last recomputed results.
     *
     * @param retainedFrom ms since the epoch: retention may have removed results that were written before
     */
    Comparison compare(
            Map<String, PublishedResult> committed, Map<String, PublishedResult> recomputed, long retainedFrom) {
        Map<String, PublishedResult> last = new HashMap<>(committed);
        last.values().removeIf(PublishedResult::isRetracted);
        return new Comparison(
                plan,
                new Comparison.Audit(
                        spec -> audit.due(generation, spec),
                        row -> audit.isCorrected(generation, row),
                        row -> audit.writtenAt(generation, row) < retainedFrom),
                last,
                recomputed);
    }
}
