// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import dev.streampane.contract.JobRun;
import dev.streampane.local.log.CommittedLog;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The generations of the jobs, from the topic {@code job-runs}. */
public final class Generations {

    /** The topic in which the jobs note their runs. */
    public static final String TOPIC = "job-runs";

    private Generations() {}

    /** The first number that no run of {@code job} has used: 1 for a job that never ran. */
    public static int next(Map<String, Object> client, String job) {
        return latest(client, job).map(JobRun::generation).orElse(0) + 1;
    }

    /** The run of {@code job} with the highest generation. */
    public static Optional<JobRun> latest(Map<String, Object> client, String job) {
        return all(client).stream()
                .filter(run -> run.job().equals(job))
                .max(Comparator.comparingInt(JobRun::generation));
    }

    /** Every generation of every job, the newest record of each; in no particular order. */
    public static List<JobRun> all(Map<String, Object> client) {
        try (Admin admin = Admin.create(client);
                CommittedLog log = new CommittedLog(admin, client, TOPIC)) {
            Map<String, JobRun> runs = new HashMap<>();
            log.readToEnd(record -> {
                JobRun.read(CommittedLog.json(record))
                        .ifPresent(run -> runs.put(run.job() + "/" + run.generation(), run));
            });
            return List.copyOf(runs.values());
        }
    }

    /**
     * Notes in {@code job-runs} that promised transactions are aborted. Must be done before they are: once the brokers have
     * forgotten them, nothing else tells them from committed ones. Transactions of a run that the topic does not have are not
     * noted.
     */
    static void addAborted(Map<String, Object> client, Collection<JobTransaction> promised) {
        if (promised.isEmpty()) {
            return;
        }
        List<JobRun> runs = all(client);
        var bytes = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(client, bytes, bytes)) {
            for (JobRun run : runs) {
                List<String> ids = promised.stream()
                        .filter(lost -> lost.isOf(run.job(), run.generation()))
                        .map(JobTransaction::transactionalId)
                        .toList();
                if (!ids.isEmpty()) {
                    byte[] key = JobRun.messageKey(run.job(), run.generation());
                    byte[] value = run.withAborted(ids).json();
                    producer.send(new ProducerRecord<>(TOPIC, key, value)).get();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while writing to " + TOPIC, e);
        } catch (ExecutionException e) {
            throw new KafkaException("cannot write to " + TOPIC, e.getCause());
        }
    }

    /** The topics that these runs wrote audit lines to, as {@link #topics}. */
    public static Set<String> auditTopics(Collection<JobRun> runs) {
        return topics(runs, "audit-topic", "audit");
    }

    /**
     * The topics that an option names in these runs, in the order of generations and starts; {@code byDefault} is always among
     * them, as old runs may be gone from the topic.
     */
    public static Set<String> topics(Collection<JobRun> runs, String option, String byDefault) {
        List<String> named = runs.stream()
                .sorted(Comparator.comparingInt(JobRun::generation).thenComparing(JobRun::started))
                .flatMap(run -> run.everySetting(option, byDefault).stream())
                .toList();
        Set<String> topics = new LinkedHashSet<>(named.contains(byDefault) ? List.of() : List.of(byDefault));
        topics.addAll(named);
        return topics;
    }
}
