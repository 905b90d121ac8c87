// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** The books of the jobs, from the lines that they write to the audit topic. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
public class AuditResource {

    private static final Optional<Long> NO_LAG = Optional.of(0L);
    private static final long MAX_OFFSET = 999_999_999_999_999_999L;

    /**
     * The answer of {@code /audit}.
     *
     * @param loaded all lines that there were at the start have been read; while not, sums are too low
     * @param balanced nothing is wrong in any of the items; false when nothing is known
     * @param state what can be said of them
     * @param items the books
     */
    record Audit(boolean loaded, boolean balanced, State state, List<PartitionBooks> items) {}

    /** What can be said of books. */
    enum State {
        /** They balance, and the newest generations' reach to the ends of their inputs, or over the offset asked for. */
        RECONCILED,
        /** They balance, but newer records are not in them yet. */
        SETTLING,
        /** There are none, or not all lines have been read. */
        UNKNOWN,
        /** Something is wrong in one of them. */
        BROKEN;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The answer of {@code /watermarks}.
     *
     * @param loaded all lines that there were at the start have been read
     * @param stalled input partitions with neither data nor heartbeats: their windows wait
     * @param items the newest generation of each job, by partition
     */
    record Watermarks(boolean loaded, List<String> stalled, List<Watermark> items) {}

    /**
     * How far a job is in one input partition.
     *
     * @param job the job's name
     * @param generation its newest generation
     * @param topic input topic
     * @param partition partition of the topic
     * @param clock the partition's clock; null when it has none yet
     * @param horizons per specification the horizon: windows that end at or before it are closed for this partition
     * @param last last offset in the books; null when there is none
     * @param end offset behind the partition's last record; null when the broker has not been asked
     * @param lag records that the books do not cover yet; null when unknown
     * @param records records that Intake saw
     * @param counted rows counted, for the first specification
     * @param late rows too late, for the first specification
     * @param rejected rows refused
     * @param heartbeats heartbeats
     * @param stalled neither data nor heartbeats came lately
     * @param balanced the books of this partition balance
     */
    record Watermark(
            String job,
            int generation,
            String topic,
            int partition,
            Instant clock,
            Map<String, Optional<Instant>> horizons,
            Long last,
            Long end,
            Long lag,
            long records,
            long counted,
            long late,
            long rejected,
            long heartbeats,
            boolean stalled,
            boolean balanced) {}

    private final AuditBooks books;
    private final JobRuns runs;
    private final InputTopics inputs;

    AuditResource(AuditBooks books, JobRuns runs, InputTopics inputs) {
        this.books = books;
        this.runs = runs;
        this.inputs = inputs;
    }

    /**
     * The books of every generation, or of one job's, of one input topic or partition; {@code offset} leaves those that cover it. No items
     * when no line covers it yet. For administrators.
     */
    @GET
    @Path("/audit")
    public Audit audit(@Context RoutingContext context) {
        Access.of(context).checkAdmin();
        Parameters parameters = Parameters.of(context.request().query(), "job", "topic", "partition", "offset");
        Optional<String> topic = parameters.text("topic", Parameters.MAX_TOPIC_BYTES);
        OptionalLong partition = parameters.number("partition", Integer.MAX_VALUE);
        OptionalLong offset = parameters.number("offset", MAX_OFFSET);
        Optional<String> job = job(parameters);
        List<PartitionBooks> items = of(job, books.all()).stream()
                .filter(one -> topic.map(one.topic()::equals).orElse(true))
                .filter(one -> partition.orElse(one.partition()) == one.partition())
                .filter(one -> offset.isEmpty() || one.covers(offset.getAsLong()))
                .toList();
        State state = state(items, offset.isPresent());
        boolean balanced = state == State.RECONCILED || state == State.SETTLING;
        return new Audit(books.loaded(), balanced, state, items);
    }

    private State state(List<PartitionBooks> items, boolean covering) {
        if (!items.stream().allMatch(PartitionBooks::balanced)) {
            return State.BROKEN;
        }
        if (!books.loaded() || items.isEmpty()) {
            return State.UNKNOWN;
        }
        return covering || reachTheEnds(items) ? State.RECONCILED : State.SETTLING;
    }

    /** Whether the newest generations' books cover everything in their inputs. */
    private boolean reachTheEnds(List<PartitionBooks> items) {
        Map<TopicPartition, InputTopics.Input> found = inputs.inputs();
        Map<String, Integer> newest = books.newest().stream()
                .collect(Collectors.toMap(PartitionBooks::job, PartitionBooks::generation, Math::max));
        return items.stream()
                .filter(one -> one.generation() == newest.getOrDefault(one.job(), -1))
                .allMatch(one -> InputTopics.lag(one, found).equals(NO_LAG));
    }

    /** How far each job's newest generation is in each partition of its inputs, of the jobs of which the caller may read every key. */
    @GET
    @Path("/watermarks")
    public Watermarks watermarks(@Context RoutingContext context) {
        Access access = Access.of(context);
        Optional<String> job = job(Parameters.of(context.request().query(), "job"));
        job.ifPresent(access::checkWholeJob);
        Map<TopicPartition, InputTopics.Input> found = inputs.inputs();
        List<Watermark> items = of(job, books.newest()).stream()
                .filter(known -> access.mayRead(known.job(), ""))
                .map(known -> watermark(known, found))
                .toList();
        return new Watermarks(books.loaded(), stalled(access, items), items);
    }

    private List<String> stalled(Access access, List<Watermark> items) {
        Set<String> shown = items.stream()
                .map(item -> item.topic() + "-" + item.partition())
                .collect(Collectors.toSet());
        return inputs.stalled().stream()
                .filter(input -> access.admin() || shown.contains(input))
                .toList();
    }

    private Optional<String> job(Parameters parameters) {
        Optional<String> job = parameters.text("job", Parameters.MAX_JOB_BYTES);
        parameters.check();
        if (!books.loaded() && books.all().isEmpty()) {
            throw new ProblemException(Problem.unavailable(
                    ProblemType.BOOKS_LOADING, "The audit topic has not been read yet.", Duration.ofSeconds(5)));
        }
        return job;
    }

    private List<PartitionBooks> of(Optional<String> job, List<PartitionBooks> all) {
        List<PartitionBooks> items = all.stream()
                .filter(one -> job.map(one.job()::equals).orElse(true))
                .toList();
        if (items.isEmpty()
                && job.isPresent()
                && runs.loaded()
                && !runs.newest().containsKey(job.get())) {
            throw new ProblemException(Problem.unknown(
                    ProblemType.UNKNOWN_JOB,
                    "job",
                    "neither job runs nor audit lines know a job '" + Parameters.shown(job.get()) + "'"));
        }
        return items;
    }

    private static Watermark watermark(PartitionBooks known, Map<TopicPartition, InputTopics.Input> found) {
        Map<String, Optional<Instant>> horizons = new TreeMap<>();
        known.specs().forEach(spec -> horizons.put(spec.spec(), Optional.ofNullable(spec.horizon())));
        Optional<InputTopics.Input> input =
                Optional.ofNullable(found.get(new TopicPartition(known.topic(), known.partition())));
        Optional<PartitionBooks.SpecBooks> spec = known.specs().stream().findFirst();
        return new Watermark(
                known.job(),
                known.generation(),
                known.topic(),
                known.partition(),
                known.clock(),
                horizons,
                known.lines() == 0 ? null : known.last(),
                input.map(InputTopics.Input::end).orElse(null),
                InputTopics.lag(known, found).orElse(null),
                known.records(),
                spec.map(PartitionBooks.SpecBooks::counted).orElse(0L),
                spec.map(PartitionBooks.SpecBooks::late).orElse(0L),
                known.rejected(),
                known.heartbeats(),
                input.map(InputTopics.Input::stalled).orElse(false),
                known.balanced());
    }
}
