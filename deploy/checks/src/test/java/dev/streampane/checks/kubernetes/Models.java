// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;

/**
 * Reads objects with the models of their own field, without mercy: a field that the model does not know, also where it would be kept
 * aside or passed over, is a problem. Kinds without a model in Java have a schema of the fields that we use.
 */
final class Models {

    /** Of others than Kubernetes, whose models are known to their library. */
    private static final Map<String, Class<?>> MODELS = Map.of(
            "kafka.strimzi.io/v1/Kafka", Kafka.class,
            "kafka.strimzi.io/v1/KafkaNodePool", KafkaNodePool.class,
            "kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class,
            "kafka.strimzi.io/v1/KafkaUser", KafkaUser.class,
            "flink.apache.org/v1beta1/FlinkDeployment", FlinkDeployment.class);

    private static final KubernetesSerialization KUBERNETES = new KubernetesSerialization();

    /** Kinds that only a schema of ours describes. */
    private static final Map<String, String> SCHEMAS = Map.of(
            "elasticsearch.k8s.elastic.co/v1/Elasticsearch", "elasticsearch",
            "kibana.k8s.elastic.co/v1/Kibana", "kibana",
            "monitoring.coreos.com/v1/PodMonitor", "pod-monitor");

    /** The newest Flink that the model knows; the operator that is asked for knows more. */
    private static final String MODELLED_FLINK = "v1_20";

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)
            .annotationIntrospector(new NothingAside())
            .withCoercionConfig(LogicalType.Textual, Models::asItIs)
            .withCoercionConfig(LogicalType.Integer, Models::asItIs)
            .withCoercionConfig(LogicalType.Boolean, Models::asItIs)
            .build();

    private Models() {}

    /** What is wrong with an object; nothing when its model takes it whole. */
    static List<String> problems(ObjectNode object) {
        String kind =
                object.path("apiVersion").asText() + "/" + object.path("kind").asText();
        String name = Manifests.nameOf(object);
        if (SCHEMAS.containsKey(kind)) {
            List<String> problems = new ArrayList<>();
            schema(SCHEMAS.get(kind))
                    .validate(object.toString(), InputFormat.JSON)
                    .forEach(error -> problems.add(name + ": " + error));
            object.findValues("podTemplate").forEach(pod -> problems.addAll(read(name, pod, PodTemplateSpec.class)));
            return problems;
        }
        Class<?> model = MODELS.containsKey(kind)
                ? MODELS.get(kind)
                : KUBERNETES.getRegisteredKubernetesResource(
                        object.path("apiVersion").asText(), object.path("kind").asText());
        if (model == null) {
            return List.of(name + ": no model of " + kind);
        }
        ObjectNode read = object.deepCopy();
        if (read.path("spec").has("flinkVersion")) {
            ((ObjectNode) read.get("spec")).put("flinkVersion", MODELLED_FLINK);
        }
        return read(name, read, model);
    }

    /** A server takes no number for a text, and no text for a number. */
    private static void asItIs(MutableCoercionConfig coercion) {
        for (CoercionInputShape shape : CoercionInputShape.values()) {
            coercion.setCoercion(shape, CoercionAction.Fail);
        }
    }

    private static List<String> read(String name, JsonNode object, Class<?> model) {
        try {
            STRICT.treeToValue(object, model);
            return List.of();
        } catch (IOException e) {
            return List.of(name + ": " + e.getMessage());
        }
    }

    private static Schema schema(String name) {
        try (InputStream text = Models.class.getResourceAsStream("/kubernetes/" + name + ".schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(text, InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes from models the permission to keep unknown fields aside, or to pass over them, and their deprecated fields. */
    private static final class NothingAside extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        /** Models keep fields for versions of the API that we do not use; they call them deprecated. */
        @Override
        public boolean hasIgnoreMarker(AnnotatedMember member) {
            return member.hasAnnotation(Deprecated.class) || super.hasIgnoreMarker(member);
        }

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
