// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One user of a broker, who tries what is not its own. */
final class KafkaUser {

    private final Map<String, Object> client;

    KafkaUser(SecuredKafka kafka, String name) {
        client = kafka.client(name);
    }

    /** The same with another setting, or without one. */
    KafkaUser with(String setting, String value) {
        if (value == null) {
            client.remove(setting);
        } else {
            client.put(setting, value);
        }
        return this;
    }

    /** What the broker says that it may do with each topic, beyond seeing it; without those that it may not even see. */
    Map<String, Set<AclOperation>> allowed(List<String> topics) throws InterruptedException {
        Map<String, Set<AclOperation>> allowed = new TreeMap<>();
        try (Admin admin = Admin.create(client)) {
            var answers = admin.describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .topicNameValues();
            for (String topic : topics) {
                try {
                    Set<AclOperation> operations =
                            new TreeSet<>(answers.get(topic).get().authorizedOperations());
                    operations.remove(AclOperation.DESCRIBE);
                    allowed.put(topic, operations);
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(TopicAuthorizationException.class);
                }
            }
        }
        return allowed;
    }

    /** Neither writes under the id nor ends what was written under it. */
    void cannotUse(String transactionalId) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("transactional.id", transactionalId);
        try (var producer = producer(settings);
                Admin admin = Admin.create(client)) {
            assertThatThrownBy(producer::initTransactions).isInstanceOf(TransactionalIdAuthorizationException.class);
            var fenced = admin.fenceProducers(List.of(transactionalId)).all();
            assertThatThrownBy(fenced::get).hasCauseInstanceOf(TransactionalIdAuthorizationException.class);
        }
    }

    void cannotConnect(Class<? extends Exception> cause) {
        try (Admin admin = Admin.create(client)) {
            var nodes = admin.describeCluster().nodes();
            assertThatThrownBy(nodes::get).hasCauseInstanceOf(cause);
        }
    }

    /** A producer of bytes. */
    static KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
