// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** The audit of the jobs, computed from the lines that they write to the audit topic. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
public class AuditResource {

    private static final Optional<Long> NONE = Optional.of(0L);
    private static final String TRUNCATED =
            "Whether partition audits are missing, and others may lack their first lines, because there were more than "
                    + "`results.audit.max-partitions`";
    private static final Parameter<Optional<String>> JOB =
            Parameter.text("job", "Only items of this job", Parameter.MAX_JOB_BYTES);
    private static final Parameter<Optional<String>> TOPIC =
            Parameter.text("topic", "Only items of this input topic", Parameter.MAX_TOPIC_BYTES);
    private static final Parameter<OptionalLong> PARTITION =
            Parameter.number("partition", "Only items of this input partition", Integer.MAX_VALUE);
    private static final Parameter<OptionalLong> OFFSET =
            Parameter.number("offset", "Only items whose audit lines cover this offset", 999_999_999_999_999_999L);

    /** The parameters of {@link #audit}. */
    public static final List<Parameter<?>> AUDIT = List.of(JOB, TOPIC, PARTITION, OFFSET);

    /** The parameters of {@link #watermarks}. */
    public static final List<Parameter<?>> WATERMARKS = List.of(JOB);

    /** The answer of {@code /audit}. */
    record Audit(
            @Schema(description = "False while the audit topic is still being read: sums are then too low")
            boolean loaded,

            @Schema(description = "Whether nothing is wrong in any item; false if the state is `unknown`")
            boolean balanced,

            @Schema(description = TRUNCATED) boolean truncated,

            State state,

            @Schema(
                    description = "The `topicId`s of items whose topic was recreated since: their offsets do not "
                            + "belong to the records that the topic has now")
            List<String> formerTopicIds,

            List<PartitionAudit> items) {}

    /** The overall state of the partition audits in an answer. */
    @Schema(description = """
            `reconciled`: balanced up to the ends of the inputs, or at the requested offset; `settling`: balanced, but newer records are
            not audited yet; `unknown`: there are no items, the audit topic is not loaded yet, or the answer is `truncated` in a
            generation that counts; `broken`: something is wrong in an item
            """)
    public enum State {
        RECONCILED,
        SETTLING,
        UNKNOWN,
        BROKEN;

        /** The name in JSON. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The answer of {@code /watermarks}.
     *
     * @param items the newest generation of each job, by partition
     */
    record Watermarks(
            boolean loaded,

            @Schema(description = TRUNCATED) boolean truncated,

            @Schema(
                    description = "Input partitions with neither data nor heartbeats for "
                            + "`results.audit.stalled-after` (30 s by default), also those that never had any; windows "
                            + "wait for them. Without those for which the broker does not answer")
            List<String> stalled,

            List<Watermark> items) {}

    private final AuditTotals totals;
    private final JobRuns runs;
    private final InputTopics inputs;

    AuditResource(AuditTotals totals, JobRuns runs, InputTopics inputs) {
        this.totals = totals;
        this.runs = runs;
        this.inputs = inputs;
    }

    /**
     * The partition audits of every generation, or only those of a job, an input topic, a partition, or those that cover {@code offset}; no
     * items if no line covers that yet. Audits of a topic that has been re-created since say nothing about the new topic. Administrators
     * only.
     */
    @GET
    @Path("/audit")
    @APIResponse(
            responseCode = "200",
            description = "All audit lines added up; no items for a job that has started and not written any lines")
    @APIResponse(responseCode = "404", ref = "Problem404")
    public Audit audit(@Context RoutingContext context) {
        Access.of(context).checkAdmin();
        Parameters parameters = Parameters.of(context.request().query(), AUDIT);
        Optional<String> topic = parameters.get(TOPIC);
        OptionalLong partition = parameters.get(PARTITION);
        OptionalLong offset = parameters.get(OFFSET);
        Optional<String> job = job(parameters);
        boolean loaded = totals.loaded(); // before the items: true must mean that they have all lines
        List<PartitionAudit> items = of(job, totals.all()).stream()
                .filter(one -> topic.map(one.topic()::equals).orElse(true))
                .filter(one -> partition.orElse(one.partition()) == one.partition())
                .filter(one -> offset.isEmpty() || one.covers(offset.getAsLong()))
                .toList();
        Map<TopicPartition, InputTopics.Input> found = inputs.inputs();
        List<String> former = items.stream()
                .filter(one -> one.isOfAnotherTopic(found))
                .map(PartitionAudit::topicId)
                .distinct()
                .toList();
        boolean covering = offset.isPresent() && items.stream().anyMatch(one -> !former.contains(one.topicId()));
        Set<String> lacking = totals.lacking();
        boolean known = loaded
                && (offset.isPresent() ? covering : !job.map(lacking::contains).orElse(!lacking.isEmpty()));
        State state = state(known, items, covering, partition.isPresent());
        boolean balanced = state == State.RECONCILED || state == State.SETTLING;
        return new Audit(loaded, balanced, totals.truncated(job), state, former, items);
    }

    private State state(boolean known, List<PartitionAudit> items, boolean covering, boolean onePartition) {
        if (!items.stream().allMatch(PartitionAudit::balanced)) {
            return State.BROKEN;
        }
        if (!known || items.isEmpty()) {
            return State.UNKNOWN;
        }
        return covering || reachTheEnds(items, onePartition) ? State.RECONCILED : State.SETTLING;
    }

    /** Whether the audits of the newest generations, with those of the older generations whose state they continue, cover all their inputs. */
    private boolean reachTheEnds(List<PartitionAudit> items, boolean onePartition) {
        Map<TopicPartition, InputTopics.Input> found = inputs.inputs();
        List<PartitionAudit> current = AuditTotals.current(items, totals.begun());
        return !current.isEmpty()
                && current.stream()
                        .allMatch(one -> one.lag(found).equals(NONE)
                                && one.expired(found).equals(NONE))
                && (onePartition || haveAllPartitions(current, found));
    }

    /** Whether every partition with records has an audit, for the jobs that started with the earliest record. */
    private boolean haveAllPartitions(List<PartitionAudit> items, Map<TopicPartition, InputTopics.Input> found) {
        return items.stream().collect(Collectors.groupingBy(PartitionAudit::job)).entrySet().stream()
                .allMatch(job -> JobProgress.unread(
                                runs.newest(job.getKey()),
                                job.getValue(),
                                job.getValue().stream()
                                        .map(PartitionAudit::topic)
                                        .collect(Collectors.toSet()),
                                found)
                        .isEmpty());
    }

    /** The progress of each job's newest generation in each of its input partitions, for jobs of which the caller may read every key. */
    @GET
    @Path("/watermarks")
    @APIResponse(
            responseCode = "200",
            description = "Clocks, horizons, lag; no items for a job that has started and not read any record")
    @APIResponse(responseCode = "404", ref = "Problem404")
    public Watermarks watermarks(@Context RoutingContext context) {
        Access access = Access.of(context);
        Optional<String> job = job(Parameters.of(context.request().query(), WATERMARKS));
        job.ifPresent(access::checkWholeJob);
        Map<TopicPartition, InputTopics.Input> found = inputs.inputs();
        boolean loaded = totals.loaded();
        List<Watermark> items = of(job, totals.newest()).stream()
                .filter(known -> access.mayRead(known.job(), ""))
                .map(known -> Watermark.of(known, found))
                .toList();
        return new Watermarks(loaded, totals.truncated(job), stalled(access, items), items);
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
        Optional<String> job = parameters.get(JOB);
        parameters.check();
        if (!totals.loaded() && totals.all().isEmpty()) {
            throw ProblemException.unavailable(ProblemType.BOOKS_LOADING, Duration.ofSeconds(5));
        }
        return job;
    }

    private List<PartitionAudit> of(Optional<String> job, List<PartitionAudit> all) {
        List<PartitionAudit> items = all.stream()
                .filter(one -> job.map(one.job()::equals).orElse(true))
                .toList();
        if (items.isEmpty()
                && job.isPresent()
                && runs.loaded()
                && !runs.newest().containsKey(job.get())) {
            throw ProblemException.unknown(
                    ProblemType.UNKNOWN_JOB,
                    "job",
                    "no job run and no audit line names a job '" + Parameters.shown(job.get()) + "'");
        }
        return items;
    }
}
