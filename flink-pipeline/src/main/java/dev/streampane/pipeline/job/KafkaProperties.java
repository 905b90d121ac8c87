// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** Checks the Kafka client properties that are passed through as {@code kafka.<property>}. */
final class KafkaProperties {

    static final String PREFIX = "kafka.";

    /** The properties that an option of the job sets, each with that option. */
    private static final Map<String, String> BY_OPTION = Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "--bootstrap-servers",
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "--transaction-timeout",
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, "--generation",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "--start-from");

    /** The other properties on which the job's guarantees depend. */
    private static final Set<String> FIXED = Set.of(
            ProducerConfig.TRANSACTION_TWO_PHASE_COMMIT_ENABLE_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.PARTITIONER_CLASS_CONFIG,
            ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG);

    private static final ConfigDef PRODUCER = ProducerConfig.configDef();

    /** Maximum of an idempotent producer. */
    private static final int MAX_IN_FLIGHT = 5;

    /** Two thirds of {@code task.cancellation.timeout}: a producer that aborts its transaction is not interrupted. */
    private static final int MAX_BLOCK_MS = 120_000;

    /** Prefix of the properties of the providers in {@code config.providers}; each provider has its own. */
    private static final String PROVIDERS = AbstractConfig.CONFIG_PROVIDERS_CONFIG + '.';

    private static final Pattern SECRET = Pattern.compile(
            ".*(password|passphrase|secret|jaas|token(?!\\.endpoint)|credential(?!s\\.client\\.id)|keystore\\.key).*");

    private KafkaProperties() {}

    /** Whether the value of the property must not be shown. */
    static boolean isSecret(String property) {
        return SECRET.matcher(property.toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * Refuses secrets in the arguments, which process lists and Flink's pages show; a reference to a secret is allowed.
     *
     * @throws BadOptionException that says where the secret is allowed
     */
    static void checkArgument(String option, String value) {
        if (option.startsWith(PREFIX) && isSecret(option) && !value.contains("${")) {
            throw new BadOptionException(
                    "--%s: a secret is not allowed among the arguments, which others can see; allowed are STREAMPANE_%s, a line of the --config file, or a reference such as ${file:/path:key} with --kafka.config.providers"
                            .formatted(option, option.toUpperCase(Locale.ROOT).replace('.', '_')));
        }
    }

    /**
     * The property's name without the prefix.
     *
     * @throws BadOptionException if no client has the property, the job sets it itself, or the value is invalid
     */
    static String checked(String option, String value) {
        String property = option.substring(PREFIX.length());
        String instead = BY_OPTION.get(property);
        if (instead != null || FIXED.contains(property)) {
            throw new BadOptionException("--%s: is set by the job; allowed is %s"
                    .formatted(option, instead == null ? "to leave it out" : instead + " instead"));
        }
        boolean known = property.startsWith(PROVIDERS);
        for (ConfigDef client :
                List.of(ConsumerConfig.configDef(), PRODUCER, AdminClientConfig.configDef(), sourceOptions())) {
            ConfigDef.ConfigKey key = client.configKeys().get(property);
            if (key != null) {
                known = true;
                check(option, value, key);
            }
        }
        if (!known) {
            throw new BadOptionException(
                    "--%s: no Kafka client has this property; allowed are those of the consumer, the producer and the admin client"
                            .formatted(BadOptionException.shown(option)));
        }
        return property;
    }

    private static void check(String option, String value, ConfigDef.ConfigKey key) {
        try {
            Object parsed = ConfigDef.parseType(key.name, value, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(key.name, parsed);
            }
        } catch (RuntimeException e) {
            throw BadOptionException.notAllowed(
                    option,
                    isSecret(key.name) ? "***" : value,
                    "a "
                            + key.type.name().toLowerCase(Locale.ROOT)
                            + (key.validator == null ? "" : " " + key.validator));
        }
    }

    private static ConfigDef sourceOptions() {
        var options = new ConfigDef();
        Map.of(
                        KafkaSourceOptions.CLIENT_ID_PREFIX, ConfigDef.Type.STRING,
                        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS, ConfigDef.Type.LONG,
                        KafkaSourceOptions.REGISTER_KAFKA_CONSUMER_METRICS, ConfigDef.Type.BOOLEAN,
                        KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT, ConfigDef.Type.BOOLEAN)
                .forEach((option, type) -> options.define(option.key(), type, ConfigDef.Importance.LOW, ""));
        return options;
    }

    /**
     * Refuses values with which no idempotent producer can be created; the producers of every job are idempotent.
     *
     * @param given properties without the prefix, each of which is {@link #checked}
     * @throws BadOptionException naming the first
     */
    static void checkIdempotence(Map<String, String> given) {
        String why = ", for the job's producers are idempotent";
        checkLeast(given, ProducerConfig.RETRIES_CONFIG, 1, why);
        checkMost(given, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, MAX_IN_FLIGHT, why);
    }

    /**
     * Refuses values with which a running job would fail again and again: those with which no producer can be created, and limits that are
     * too small for what it writes or too long for a task that ends.
     *
     * @param given properties without the prefix, each of which is {@link #checked}
     * @throws BadOptionException naming the first
     */
    static void checkProducer(Map<String, String> given) {
        checkLeast(
                given,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Math.min(
                        Integer.MAX_VALUE,
                        number(given, ProducerConfig.LINGER_MS_CONFIG)
                                + number(given, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)),
                ", which is linger.ms and request.timeout.ms together");
        checkMost(
                given,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                MAX_BLOCK_MS,
                ", for Flink ends a TaskManager of which a task takes 3 minutes to end");
        String why = ", for inputs that are passed on";
        checkLeast(given, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, JobStart.LARGEST_OUTPUT_BYTES, why);
        checkLeast(given, ProducerConfig.BUFFER_MEMORY_CONFIG, JobStart.LARGEST_OUTPUT_BYTES, why);
    }

    private static void checkMost(Map<String, String> given, String property, long most, String why) {
        if (number(given, property) > most) {
            throw BadOptionException.notAllowed(PREFIX + property, given.get(property), "at most " + most + why);
        }
    }

    private static void checkLeast(Map<String, String> given, String property, long least, String why) {
        if (given.containsKey(property) && number(given, property) < least) {
            throw BadOptionException.notAllowed(PREFIX + property, given.get(property), "at least " + least + why);
        }
    }

    /** The number that is given, or the producer's default. */
    private static long number(Map<String, String> given, String property) {
        ConfigDef.ConfigKey key = PRODUCER.configKeys().get(property);
        return ((Number) ConfigDef.parseType(
                        property, given.getOrDefault(property, key.defaultValue.toString()), key.type))
                .longValue();
    }
}
