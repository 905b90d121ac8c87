// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Checks whether the brokers let a client's user write to a topic. */
final class WritePermission {

    private static final int ANSWER_WITHIN_MILLIS = 5_000;

    private WritePermission() {}

    /**
     * Asks the brokers once. Passes if they do not report permissions, or if the topic does not exist, because they may create it.
     *
     * @throws KafkaException if the brokers do not answer within 5 s, reject the user, or do not let it write
     */
    static void check(Map<String, ?> client, String topic) {
        var options =
                new DescribeTopicsOptions().includeAuthorizedOperations(true).timeoutMs(ANSWER_WITHIN_MILLIS);
        Admin admin = Admin.create(new HashMap<>(client));
        try {
            Set<AclOperation> allowed = admin.describeTopics(List.of(topic), options)
                    .topicNameValues()
                    .get(topic)
                    .get()
                    .authorizedOperations(); // null if the broker does not report them
            if (allowed != null && !allowed.contains(AclOperation.WRITE)) {
                throw new TopicAuthorizationException("topic " + topic + " may be described, but not written to");
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw new KafkaException(e.getCause());
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } finally {
            admin.close(Duration.ZERO);
        }
    }
}
