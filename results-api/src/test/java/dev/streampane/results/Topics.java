// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.local.server.Patience.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Topics as jobs have them: their records have the times at which they were appended. */
public final class Topics {

    private Topics() {}

    /** Makes a topic, in the place of the one that has its name, if there is one; its id, which the broker that is asked has by then. */
    public static String anew(Admin admin, String name, int partitions) throws Exception {
        try {
            admin.deleteTopics(List.of(name)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
        }
        NewTopic topic =
                new NewTopic(name, partitions, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime"));
        String id = await().ignoreExceptionsMatching(e -> e.getCause() instanceof TopicExistsException)
                .until(
                        () -> admin.createTopics(List.of(topic))
                                .topicId(name)
                                .get()
                                .toString(),
                        made -> true);
        // the controller has it then, the broker that is asked may hear of it a little later
        await().ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
                .until(() -> id(admin, name).equals(id));
        return id;
    }

    /** The id of a topic. */
    public static String id(Admin admin, String name) throws Exception {
        return admin.describeTopics(List.of(name))
                .topicNameValues()
                .get(name)
                .get()
                .topicId()
                .toString();
    }

    /** Whose time the records have that are written from now on: {@code CreateTime} or {@code LogAppendTime}. */
    public static void setTimestamps(Admin admin, String topic, String type) throws Exception {
        var changed = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var entry = new ConfigEntry("message.timestamp.type", type);
        admin.incrementalAlterConfigs(Map.of(changed, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                .all()
                .get();
        // the broker hears of it a little later than the controller
        await().until(() -> admin.describeConfigs(List.of(changed))
                .all()
                .get()
                .get(changed)
                .get(entry.name())
                .value()
                .equals(type));
    }
}
