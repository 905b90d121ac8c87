// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import javax.security.auth.login.LoginException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTransactionsResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Requests to the brokers. Each is answered within {@value #TIMEOUT_MS} ms, or within {@code default.api.timeout.ms} if that is set;
 * otherwise it fails with a one-line message that names the brokers.
 */
public final class Brokers implements AutoCloseable {

    private static final int TIMEOUT_MS = 10_000;
    private static final String TRANSACTION_MAX_TIMEOUT = "transaction.max.timeout.ms";

    /** The message, without a cause, of Kafka's OAuth login, for example when the token server is down. */
    private static final String TOKEN_UNREAD =
            "An internal error occurred while retrieving token from callback handler";

    private final String servers;
    private final Admin admin;

    private Brokers(String servers, Admin admin) {
        this.servers = servers;
        this.admin = admin;
    }

    /**
     * Connects to the brokers that the properties name.
     *
     * @throws BadOptionException if none of their host names resolves or a property is refused
     */
    public static Brokers connect(Properties kafka) {
        Properties properties = (Properties) kafka.clone();
        String servers = kafka.getProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
        try {
            putTimeouts(properties);
            return new Brokers(servers, Admin.create(properties));
        } catch (KafkaException e) {
            throw unusable(servers, e);
        }
    }

    /** The client refuses a request timeout above the API timeout: if only one of the two is set, the other is chosen to fit. */
    private static void putTimeouts(Properties properties) {
        String question = AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG;
        String request = AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG;
        properties.putIfAbsent(question, "" + Math.max(TIMEOUT_MS, millis(properties, request, 0)));
        properties.putIfAbsent(request, "" + Math.min(TIMEOUT_MS / 2, millis(properties, question, TIMEOUT_MS)));
    }

    private static int millis(Properties properties, String name, int otherwise) {
        String given = properties.getProperty(name);
        return given == null ? otherwise : (int) ConfigDef.parseType(name, given, ConfigDef.Type.INT);
    }

    /**
     * The topic's id and partitions.
     *
     * @param option name of the option that names the topic
     * @throws BadOptionException naming {@code option} if the topic does not exist or the user has no access to it
     */
    public TopicDescription topic(String option, String name) {
        try {
            return await(admin.describeTopics(List.of(name)).allTopicNames()).get(name);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw BadOptionException.notAllowed(
                                option,
                                name,
                                "a topic that exists at " + servers + " (create it as deploy/topics.yml says)")
                        .retriable();
            }
            throw e.getCause() instanceof TopicAuthorizationException
                    ? notForUser(option, name, servers)
                    : unusable(servers, e.getCause());
        }
    }

    /** Whether the topic stores the time at which the broker appended a record; empty if the user may not read the setting. */
    public Optional<Boolean> hasAppendTime(String topic) {
        return config(ConfigResource.Type.TOPIC, topic, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)
                .map("LogAppendTime"::equals);
    }

    /** The largest record batch that the topic accepts; empty if the user may not read the setting. */
    Optional<Long> maxMessageBytes(String topic) {
        return config(ConfigResource.Type.TOPIC, topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                .map(Long::valueOf);
    }

    /** The longest transaction timeout that the brokers allow; empty if the user may not read the setting. */
    public Optional<Duration> transactionMaxTimeout() {
        return get(admin.describeCluster().nodes()).stream()
                .findFirst()
                .flatMap(node -> config(ConfigResource.Type.BROKER, node.idString(), TRANSACTION_MAX_TIMEOUT))
                .map(millis -> Duration.ofMillis(Long.parseLong(millis)));
    }

    /** The last stable offset of each partition: below it there are no records of open transactions. */
    public Map<TopicPartition, Long> committedEnds(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(toMap(identity(), partition -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        get(admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** Open transactions, which hold back {@code read_committed} readers, on all brokers. */
    public Collection<TransactionListing> openTransactions() {
        return get(admin.listTransactions(new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING)))
                .all());
    }

    /**
     * The latest state of each of these transactional ids. Ids that the user may not describe are left out, and so are ids that the brokers
     * have forgotten, which they do long after the last transaction of an id has ended.
     */
    public Map<String, TransactionDescription> transactions(Collection<String> ids) {
        Map<String, TransactionDescription> known = new HashMap<>();
        DescribeTransactionsResult answer = admin.describeTransactions(ids);
        for (String id : ids) {
            ifKnown(answer.description(id)).ifPresent(transaction -> known.put(id, transaction));
        }
        return known;
    }

    /** Aborts the open transactions of the ids, and fences producers that still write with them. */
    public void abort(Collection<String> transactionalIds) {
        get(admin.fenceProducers(transactionalIds).all());
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }

    private Optional<String> config(ConfigResource.Type type, String of, String name) {
        var resource = new ConfigResource(type, of);
        return ifKnown(admin.describeConfigs(List.of(resource)).values().get(resource))
                .map(config -> config.get(name))
                .map(ConfigEntry::value);
    }

    /** The answer; empty if the user may not ask, or if the brokers have forgotten the transactional id. */
    private <T> Optional<T> ifKnown(KafkaFuture<T> answer) {
        try {
            return Optional.of(await(answer));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException
                    || e.getCause() instanceof TransactionalIdNotFoundException) {
                return Optional.empty();
            }
            throw unusable(servers, e.getCause());
        }
    }

    private <T> T get(KafkaFuture<T> answer) {
        try {
            return await(answer);
        } catch (ExecutionException e) {
            throw unusable(servers, e.getCause());
        }
    }

    private static <T> T await(KafkaFuture<T> answer) throws ExecutionException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking the brokers", e);
        }
    }

    /** A one-line error for a topic that the brokers do not let the user access. */
    static BadOptionException notForUser(String option, String topic, String servers) {
        return BadOptionException.notAllowed(
                        option,
                        topic,
                        "a topic that the job's user at " + servers + " may use (its ACLs are in deploy/acls.yml)")
                .retriable();
    }

    /** A one-line error for brokers that do not answer or answer with an error, or for a client that cannot be created. */
    static BadOptionException unusable(String servers, Throwable failure) {
        Throwable cause = failure instanceof ApiException ? failure : rootOf(failure);
        var unusable =
                new BadOptionException("--%s: '%s' cannot be used (%s: %s); allowed are brokers that answer within %d s"
                        .formatted(
                                JobOption.BOOTSTRAP_SERVERS.name(),
                                BadOptionException.shown(servers),
                                cause.getClass().getSimpleName(),
                                BadOptionException.shown(String.valueOf(cause.getMessage())),
                                TIMEOUT_MS / 1000));
        return mayPass(failure, cause) ? unusable.retriable() : unusable;
    }

    /**
     * Whether the failure may pass: if the brokers caused it, which may start, know the user or answer later, and not the client's own
     * properties. Host names that do not resolve yet, and login servers that are down, look like wrong properties, but may pass, too.
     */
    private static boolean mayPass(Throwable failure, Throwable cause) {
        return cause instanceof ApiException && !(cause instanceof InvalidConfigurationException)
                || String.valueOf(cause.getMessage()).startsWith("No resolvable bootstrap urls")
                || ExceptionUtils.findThrowable(failure, LoginException.class)
                        .filter(login -> ExceptionUtils.findThrowable(login, IOException.class)
                                        .isPresent()
                                || TOKEN_UNREAD.equals(login.getMessage()))
                        .isPresent();
    }

    private static Throwable rootOf(Throwable e) {
        return e.getCause() == null ? e : rootOf(e.getCause());
    }
}
