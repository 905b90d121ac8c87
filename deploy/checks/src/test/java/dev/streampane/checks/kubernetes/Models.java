// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;

/** Reads objects with the models of Kubernetes, Strimzi and the Flink operator: a field that the model does not know is a problem. */
final class Models {

    /** Of others than Kubernetes, whose models are known to their library. */
    private static final Map<String, Class<?>> MODELS = Map.of(
            "Kafka", Kafka.class,
            "KafkaNodePool", KafkaNodePool.class,
            "KafkaTopic", KafkaTopic.class,
            "KafkaUser", KafkaUser.class,
            "FlinkDeployment", FlinkDeployment.class);

    private static final KubernetesSerialization KUBERNETES = new KubernetesSerialization();

    /** A server takes no number for a text. */
    private static final List<CoercionInputShape> NO_TEXTS =
            List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean);

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .withCoercionConfig(
                    LogicalType.Textual, text -> NO_TEXTS.forEach(it -> text.setCoercion(it, CoercionAction.Fail)))
            .annotationIntrospector(new NothingAside())
            .build();

    private Models() {}

    /** What is wrong with an object; nothing when its model takes it whole, or when it has none. */
    static Optional<String> problem(ObjectNode object) {
        ObjectNode read = object.deepCopy();
        if (read.path("spec").has("flinkVersion")) {
            // the model's list of versions ends before ours
            read.withObject("/spec").remove("flinkVersion");
        }
        String kind = text(object, "/kind");
        Class<?> model = MODELS.containsKey(kind)
                ? MODELS.get(kind)
                : KUBERNETES.getRegisteredKubernetesResource(text(object, "/apiVersion"), kind);
        if (model == null) {
            return Optional.empty();
        }
        try {
            STRICT.treeToValue(read, model);
            return Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.of(Manifests.nameOf(object) + ": " + e.getMessage());
        }
    }

    /** Takes from models the permission to keep unknown fields aside, or to pass over them. */
    private static final class NothingAside extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }

        @Override
        public JsonIgnoreProperties.Value findPropertyIgnoralByName(MapperConfig<?> config, Annotated annotated) {
            return super.findPropertyIgnoralByName(config, annotated).withoutIgnoreUnknown();
        }
    }
}
